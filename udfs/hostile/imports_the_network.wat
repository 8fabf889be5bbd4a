;; Imports access to the network.
;;@ part whole
(component
  (import "wasi:sockets/tcp@0.2.0" (instance))
  (import "wasi:http/outgoing-handler@0.2.0" (instance)))
