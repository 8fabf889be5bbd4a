# The function URL of the indexing function, for requests that change documents and indices. Only for callers that IAM allows.

resource "aws_lambda_function_url" "writing" {
  count = var.writing_enabled ? 1 : 0

  function_name      = aws_lambda_function.indexing[0].function_name
  authorization_type = "AWS_IAM"
  invoke_mode        = "BUFFERED"
}

# As for the function URL of the search function.
resource "aws_lambda_permission" "writing_url" {
  count = length(var.writing_callers)

  function_name          = aws_lambda_function.indexing[0].function_name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = var.writing_callers[count.index]
  function_url_auth_type = "AWS_IAM"

  # Adding two statements to one policy at the same time can fail.
  depends_on = [aws_lambda_function_url.writing, aws_lambda_permission.bucket]
}

resource "aws_lambda_permission" "writing_url_invoke" {
  count = length(var.writing_callers)

  function_name            = aws_lambda_function.indexing[0].function_name
  action                   = "lambda:InvokeFunction"
  principal                = var.writing_callers[count.index]
  invoked_via_function_url = true

  depends_on = [aws_lambda_permission.writing_url]
}
