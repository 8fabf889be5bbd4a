# User functions that are pulled from OCI registries into the store, by the quidditch command on the machine that runs Terraform.

locals {
  # What a reference is made of: the last part of the repository is the name of the function, and the tag its version.
  registry_functions = {
    for function in var.functions : function => regex("^oci://(?P<repository>[^@]*/(?P<name>[^/:@]+)):(?P<version>[^@]+)(?:@(?P<digest>.+))?$", function)
    if startswith(function, "oci://")
  }

  # As the search function knows them. A tag has no +, so it has _ in place of it.
  loaded_functions = [
    for function in var.functions : !startswith(function, "oci://") ? function : join("@", [
      local.registry_functions[function].name,
      replace(local.registry_functions[function].version, "_", "+"),
    ])
  ]
}

resource "terraform_data" "registry_function" {
  for_each = local.registry_functions

  # A published version never changes, so it is pulled once for each store.
  triggers_replace = [each.key, local.store_url]

  provisioner "local-exec" {
    # What the variables contain is not read as a command.
    command = "\"$QUIDDITCH\" udf pull \"$REFERENCE\" --name \"$NAME\" --version \"$VERSION\""
    environment = {
      QUIDDITCH       = var.quidditch_program
      QUIDDITCH_STORE = local.store_url
      AWS_REGION      = local.region
      REFERENCE       = each.key
      NAME            = each.value.name
      VERSION         = replace(each.value.version, "_", "+")
    }
  }

  depends_on = [aws_s3_bucket_policy.store, aws_s3_bucket_server_side_encryption_configuration.store]
}
