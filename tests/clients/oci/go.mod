module oci

go 1.24
