# The indexing function: a file uploaded to incoming/<index>/ is added to that index. writing_url.tf lets it answer requests, too.

locals {
  indexing_environment = merge(var.publishing_enabled ? local.function_trust : {}, {
    QUIDDITCH_STORE             = local.store_url
    QUIDDITCH_WRITES            = var.writing_enabled ? "true" : null
    QUIDDITCH_PUBLISHING        = var.publishing_enabled ? "true" : null
    QUIDDITCH_PRODUCT_HEADER    = var.writing_enabled ? tostring(var.product_header) : null
    QUIDDITCH_LOG               = var.log_level
    QUIDDITCH_METRICS_NAMESPACE = var.metrics_namespace
  })
}

resource "aws_lambda_function" "indexing" {
  #checkov:skip=CKV_AWS_50:The function logs what it did with each file; tracing would need another write permission
  #checkov:skip=CKV_AWS_116:Failed events are sent to a queue as failure destination, which, unlike a dead-letter queue, receives the complete reason
  #checkov:skip=CKV_AWS_117:It uses only S3; a VPC would add a point of failure and no protection
  #checkov:skip=CKV_AWS_173:Its environment contains names and limits, no secrets
  #checkov:skip=CKV_AWS_272:The package comes from the same checkout as this module, with its digest in the plan
  count = var.indexing_enabled ? 1 : 0

  function_name = local.indexing_name
  description   = "Adds files from ${local.incoming_prefix} to the indices in ${local.store_url}"
  role          = aws_iam_role.indexing[0].arn

  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]
  filename         = local.indexing_package
  source_code_hash = fileexists(local.indexing_package) ? filebase64sha256(local.indexing_package) : null

  memory_size                    = var.indexing_memory_mb
  timeout                        = var.indexing_timeout_seconds
  reserved_concurrent_executions = var.indexing_reserved_concurrency

  ephemeral_storage {
    size = var.indexing_disk_mb
  }

  environment {
    variables = { for name, value in local.indexing_environment : name => value if value != null }
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.indexing[0].name
    application_log_level = local.lambda_log_level
    system_log_level      = "INFO"
  }

  lifecycle {
    precondition {
      condition     = fileexists(local.indexing_package)
      error_message = "The package ${local.indexing_package} does not exist: run `cargo xtask package lambda --architecture ${var.architecture}`, or set indexing_package."
    }
  }

  depends_on = [aws_iam_role_policy.indexing]
}

resource "aws_lambda_permission" "bucket" {
  count = var.indexing_enabled ? 1 : 0

  function_name = aws_lambda_function.indexing[0].function_name
  action        = "lambda:InvokeFunction"
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.store.arn
  # The ARN of a bucket does not contain its account, and somebody else can reuse the name of a deleted bucket.
  source_account = local.account_id
}

resource "aws_s3_bucket_notification" "incoming" {
  count = var.indexing_enabled ? 1 : 0

  bucket = aws_s3_bucket.store.id

  dynamic "lambda_function" {
    for_each = [".ndjson", ".ndjson.gz"]

    content {
      lambda_function_arn = aws_lambda_function.indexing[0].arn
      events              = ["s3:ObjectCreated:*"]
      filter_prefix       = local.incoming_prefix
      filter_suffix       = lambda_function.value
    }
  }

  # S3 checks that it may call the function when the notification is created.
  depends_on = [aws_lambda_permission.bucket]
}
