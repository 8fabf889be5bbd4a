# The search function's own HTTPS address.

locals {
  # Whom the function's policy has to name. Callers of the same account need no entry there: their own policies
  # (output caller_policy_json) are enough.
  function_url_principals = {
    AWS_IAM = var.function_url_callers
    NONE    = ["*"]
  }

  # A list and not a set: the ARN of a role that is made in the same run is not known when this is counted.
  granted_principals = try(local.function_url_principals[var.function_url_authorization], [])

  # What browsers may send from the origins in cors_origins: a body of JSON, also gzip, signed or with a token.
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

# Lambda asks for two permissions: one to use the address, one to invoke the function. The condition of the second keeps it
# to calls through the address. Where the address is public from the start, the provider adds equal ones that it does not
# manage; these hold as well when it becomes so later.
resource "aws_lambda_permission" "function_url" {
  count = length(local.granted_principals)

  function_name          = aws_lambda_function.search.function_name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = local.granted_principals[count.index]
  function_url_auth_type = var.function_url_authorization

  # Two statements added to one policy at once can fail.
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
