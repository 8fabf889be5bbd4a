# Policies for external people and programs, as outputs: this module creates no users or roles for them.

locals {
  call_function_url = [for name in aws_lambda_function_url.search[*].authorization_type : [
    {
      Sid       = "CallFunctionUrl"
      Effect    = "Allow"
      Action    = "lambda:InvokeFunctionUrl"
      Resource  = aws_lambda_function.search.arn
      Condition = { StringEquals = { "lambda:FunctionUrlAuthType" = "AWS_IAM" } }
    },
    {
      Sid       = "InvokeThroughFunctionUrl"
      Effect    = "Allow"
      Action    = "lambda:InvokeFunction"
      Resource  = aws_lambda_function.search.arn
      Condition = { Bool = { "lambda:InvokedViaFunctionUrl" = "true" } }
    },
  ] if name == "AWS_IAM"]

  call_api_gateway = [for arn in aws_apigatewayv2_api.search[*].execution_arn : {
    Sid      = "CallApi"
    Effect   = "Allow"
    Action   = "execute-api:Invoke"
    Resource = "${arn}/*"
  } if var.api_gateway_authorization == "AWS_IAM"]

  caller_statements = concat(flatten(local.call_function_url), local.call_api_gateway)

  writer_statements = flatten([for url in aws_lambda_function_url.writing : [
    {
      Sid       = "CallWritingUrl"
      Effect    = "Allow"
      Action    = "lambda:InvokeFunctionUrl"
      Resource  = aws_lambda_function.indexing[0].arn
      Condition = { StringEquals = { "lambda:FunctionUrlAuthType" = "AWS_IAM" } }
    },
    {
      Sid       = "InvokeThroughWritingUrl"
      Effect    = "Allow"
      Action    = "lambda:InvokeFunction"
      Resource  = aws_lambda_function.indexing[0].arn
      Condition = { Bool = { "lambda:InvokedViaFunctionUrl" = "true" } }
    },
  ]])

  uploader_statements = concat([{
    Sid      = "Upload"
    Effect   = "Allow"
    Action   = ["s3:PutObject", "s3:AbortMultipartUpload"]
    Resource = "${aws_s3_bucket.store.arn}/${local.incoming_prefix}*"
  }], local.encrypt_store)

  operator_statements = concat([
    {
      Sid      = "ManageObjects"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
      Resource = [local.store_objects, "${aws_s3_bucket.store.arn}/${local.incoming_prefix}*"]
    },
    {
      Sid       = "ListObjects"
      Effect    = "Allow"
      Action    = "s3:ListBucket"
      Resource  = aws_s3_bucket.store.arn
      Condition = { StringLike = { "s3:prefix" = ["${var.store_prefix}/*", "${local.incoming_prefix}*"] } }
    },
    ], [for arn in aws_sqs_queue.indexing_failures[*].arn : {
      Sid      = "ReadFailures"
      Effect   = "Allow"
      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
      Resource = arn
  }], local.encrypt_store)
}
