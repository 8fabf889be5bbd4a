# The queue for events that the indexing function could not process, with the reason.

resource "aws_sqs_queue" "indexing_failures" {
  count = var.indexing_enabled ? 1 : 0

  name = "${local.indexing_name}-failures"
  # The maximum of SQS: somebody has to look at it.
  message_retention_seconds = 14 * 24 * 60 * 60
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "indexing_failures" {
  count = var.indexing_enabled ? 1 : 0

  queue_url = aws_sqs_queue.indexing_failures[0].url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = aws_sqs_queue.indexing_failures[0].arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_lambda_function_event_invoke_config" "indexing" {
  count = var.indexing_enabled ? 1 : 0

  function_name = aws_lambda_function.indexing[0].function_name

  # Two more attempts, after one and two minutes: enough for transient problems of storage. Repeated events add nothing twice.
  maximum_retry_attempts = 2
  # The maximum: while too many files are waiting, Lambda delays events, and none should be dropped because of that.
  maximum_event_age_in_seconds = 6 * 60 * 60

  destination_config {
    on_failure {
      destination = aws_sqs_queue.indexing_failures[0].arn
    }
  }

  # Lambda checks that the role may write to the queue.
  depends_on = [aws_iam_role_policy.indexing]
}
