# The search function.

locals {
  # In addition to the time of a search: the response must be written and sent, and a cold start takes time as well.
  search_timeout_seconds = var.search_timeout_seconds + 5

  search_environment = merge(local.function_trust, {
    QUIDDITCH_STORE              = local.store_url
    QUIDDITCH_INDICES            = length(var.indices) == 0 ? null : join(",", var.indices)
    QUIDDITCH_FUNCTIONS          = length(local.loaded_functions) == 0 ? null : join(",", local.loaded_functions)
    QUIDDITCH_DISABLED_FUNCTIONS = length(var.disabled_functions) == 0 ? null : join(",", var.disabled_functions)
    QUIDDITCH_SNAPSHOT_SECONDS   = tostring(var.snapshot_seconds)
    QUIDDITCH_MEMORY_CACHE_BYTES = var.memory_cache_bytes == null ? null : format("%d", var.memory_cache_bytes)
    QUIDDITCH_FILTER_CACHE_BYTES = var.filter_cache_bytes == null ? null : format("%d", var.filter_cache_bytes)
    QUIDDITCH_DISK_CACHE_BYTES   = var.disk_cache_bytes == null ? null : format("%d", var.disk_cache_bytes)
    QUIDDITCH_TIMEOUT_MS         = tostring(var.search_timeout_seconds * 1000)
    QUIDDITCH_PRODUCT_HEADER     = tostring(var.product_header)
    QUIDDITCH_LOG                = var.log_level
    QUIDDITCH_METRICS_NAMESPACE  = var.metrics_namespace
  })
}

resource "aws_lambda_function" "search" {
  #checkov:skip=CKV_AWS_50:The function measures its steps itself; tracing would cost more than a search, and need a write permission
  #checkov:skip=CKV_AWS_116:Searches are invoked synchronously, so no event can be lost
  #checkov:skip=CKV_AWS_117:It reads only S3; a VPC would add a point of failure and no protection
  #checkov:skip=CKV_AWS_173:Its environment contains names and limits, no secrets
  #checkov:skip=CKV_AWS_272:The package comes from the same checkout as this module, with its digest in the plan
  function_name = local.search_name
  description   = "Searches the indices in ${local.store_url}"
  role          = aws_iam_role.search.arn

  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]
  filename         = local.search_package
  source_code_hash = fileexists(local.search_package) ? filebase64sha256(local.search_package) : null

  memory_size                    = var.search_memory_mb
  timeout                        = local.search_timeout_seconds
  reserved_concurrent_executions = var.search_reserved_concurrency

  ephemeral_storage {
    size = var.search_disk_mb
  }

  environment {
    variables = { for name, value in local.search_environment : name => value if value != null }
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.search.name
    application_log_level = local.lambda_log_level
    system_log_level      = "INFO"
  }

  lifecycle {
    precondition {
      condition     = fileexists(local.search_package)
      error_message = "The package ${local.search_package} does not exist: run `cargo xtask package lambda --architecture ${var.architecture}`, or set search_package."
    }
  }

  # A function that runs before it may read or log would fail, and leave an unmanaged log group. One that starts before its user
  # functions are published loads them late.
  depends_on = [aws_iam_role_policy.search, terraform_data.registry_function]
}
