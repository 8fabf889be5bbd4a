# The search function.

locals {
  # Beyond the time of a search: what was found has to be written and sent, and a process that starts needs time, too.
  search_timeout_seconds = var.search_timeout_seconds + 5

  search_environment = {
    QUIDDITCH_STORE              = local.store_url
    QUIDDITCH_INDICES            = length(var.indices) == 0 ? null : join(",", var.indices)
    QUIDDITCH_FUNCTIONS          = length(var.functions) == 0 ? null : join(",", var.functions)
    QUIDDITCH_SNAPSHOT_SECONDS   = tostring(var.snapshot_seconds)
    QUIDDITCH_MEMORY_CACHE_BYTES = var.memory_cache_bytes == null ? null : format("%d", var.memory_cache_bytes)
    QUIDDITCH_DISK_CACHE_BYTES   = var.disk_cache_bytes == null ? null : format("%d", var.disk_cache_bytes)
    QUIDDITCH_TIMEOUT_MS         = tostring(var.search_timeout_seconds * 1000)
    QUIDDITCH_PRODUCT_HEADER     = tostring(var.product_header)
    QUIDDITCH_LOG                = var.log_level
    QUIDDITCH_METRICS_NAMESPACE  = var.metrics_namespace
  }
}

resource "aws_lambda_function" "search" {
  #checkov:skip=CKV_AWS_50:The function measures its stages itself; traces would cost more than a search, and a right to write
  #checkov:skip=CKV_AWS_116:Searches are called synchronously, so there is no event that could be lost
  #checkov:skip=CKV_AWS_117:It reads S3 and nothing else; a VPC would add a way to break and no protection
  #checkov:skip=CKV_AWS_173:Its environment holds names and limits, no secret
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
      error_message = "There is no package ${local.search_package}: run `cargo xtask package lambda --architecture ${var.architecture}`, or name one in search_package."
    }
  }

  # A function that runs before it may read or log fails, and leaves a log group that nobody manages.
  depends_on = [aws_iam_role_policy.search]
}
