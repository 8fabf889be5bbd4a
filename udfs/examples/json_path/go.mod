module json_path

go 1.24

require quidditch v0.0.0

replace quidditch => ../../sdk/go
