# The function URL of the search function.

locals {
  # The principals that the function's policy must name. Callers in the same account need no entry: their own policies
  # (output caller_policy_json) are sufficient.
  function_url_principals = {
    AWS_IAM = var.function_url_callers
    NONE    = ["*"]
  }

  # A list and not a set: the ARN of a role that is created in the same run is unknown when this is counted.
  granted_principals = try(local.function_url_principals[var.function_url_authorization], [])

  # What browsers may send from the origins in cors_origins: a JSON body, possibly compressed with gzip, signed or with a token.
  cors_methods = ["GET", "HEAD", "POST"]
  cors_headers = [
    "authorization",
    "content-encoding",
    "content-type",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
  ]
  cors_max_age_seconds = 3600
}

resource "aws_lambda_function_url" "search" {
  count = local.has_function_url ? 1 : 0

  function_name      = aws_lambda_function.search.function_name
  authorization_type = var.function_url_authorization
  invoke_mode        = "BUFFERED"

  dynamic "cors" {
    for_each = length(var.cors_origins) == 0 ? [] : [var.cors_origins]

    content {
      allow_origins = cors.value
      allow_methods = local.cors_methods
      allow_headers = local.cors_headers
      max_age       = local.cors_max_age_seconds
    }
  }
}

# Lambda requires two permissions: one to use the URL, one to invoke the function. The condition of the second limits it to
# calls through the URL. If the URL is public from the start, the provider adds equal permissions that it does not manage; these
# also apply if it becomes public later.
resource "aws_lambda_permission" "function_url" {
  count = length(local.granted_principals)

  function_name          = aws_lambda_function.search.function_name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = local.granted_principals[count.index]
  function_url_auth_type = var.function_url_authorization

  # Adding two statements to one policy at the same time can fail.
  depends_on = [aws_lambda_function_url.search]
}

resource "aws_lambda_permission" "function_url_invoke" {
  count = length(local.granted_principals)

  function_name            = aws_lambda_function.search.function_name
  action                   = "lambda:InvokeFunction"
  principal                = local.granted_principals[count.index]
  invoked_via_function_url = true

  depends_on = [aws_lambda_permission.function_url]
}
