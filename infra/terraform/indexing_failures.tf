# Where events go that the indexing function could not handle, with the reason.

resource "aws_sqs_queue" "indexing_failures" {
  count = var.indexing_enabled ? 1 : 0

  name = "${local.indexing_name}-failures"
  # The longest that SQS keeps a message: somebody has to look at it.
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

  # Two more tries, a minute and two minutes later: enough for storage that was slow. The same event twice adds nothing twice.
  maximum_retry_attempts = 2
  # The longest: while too many files wait at once, Lambda holds events back, and none should be given up for that.
  maximum_event_age_in_seconds = 6 * 60 * 60

  destination_config {
    on_failure {
      destination = aws_sqs_queue.indexing_failures[0].arn
    }
  }

  # Lambda checks that the role may write to the queue.
  depends_on = [aws_iam_role_policy.indexing]
}
