# An HTTP API in front of the search function: custom domain, tokens, throttling, access log.

resource "aws_apigatewayv2_api" "search" {
  count = local.has_api_gateway ? 1 : 0

  name          = local.search_name
  description   = "Search over ${local.store_url}"
  protocol_type = "HTTP"

  # With a custom domain, the API's own address would be a second entry point.
  disable_execute_api_endpoint = local.has_custom_domain

  dynamic "cors_configuration" {
    for_each = length(var.cors_origins) == 0 ? [] : [var.cors_origins]

    content {
      allow_origins = cors_configuration.value
      allow_methods = local.cors_methods
      allow_headers = local.cors_headers
      max_age       = local.cors_max_age_seconds
    }
  }
}

resource "aws_apigatewayv2_integration" "search" {
  count = local.has_api_gateway ? 1 : 0

  api_id                 = aws_apigatewayv2_api.search[0].id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.search.invoke_arn
  integration_method     = "POST"
  payload_format_version = "2.0"
  timeout_milliseconds   = local.search_timeout_seconds * 1000
}

resource "aws_apigatewayv2_authorizer" "token" {
  count = var.api_gateway_authorization == "JWT" ? 1 : 0

  api_id           = aws_apigatewayv2_api.search[0].id
  name             = "token"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.api_gateway_jwt.issuer
    audience = var.api_gateway_jwt.audience
  }
}

# One route: the service in the function does the routing.
resource "aws_apigatewayv2_route" "search" {
  count = local.has_api_gateway ? 1 : 0

  api_id             = aws_apigatewayv2_api.search[0].id
  route_key          = "$default"
  target             = "integrations/${aws_apigatewayv2_integration.search[0].id}"
  authorization_type = var.api_gateway_authorization
  authorizer_id      = one(aws_apigatewayv2_authorizer.token[*].id)
}

resource "aws_apigatewayv2_stage" "search" {
  count = local.has_api_gateway ? 1 : 0

  api_id      = aws_apigatewayv2_api.search[0].id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = var.api_gateway_rate_limit
    throttling_burst_limit = var.api_gateway_burst_limit
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api_gateway[0].arn

    format = jsonencode({
      requestId        = "$context.requestId"
      time             = "$context.requestTime"
      ip               = "$context.identity.sourceIp"
      caller           = "$context.identity.caller"
      method           = "$context.httpMethod"
      path             = "$context.path"
      status           = "$context.status"
      bytes            = "$context.responseLength"
      latency          = "$context.responseLatency"
      functionLatency  = "$context.integrationLatency"
      error            = "$context.error.message"
      integrationError = "$context.integrationErrorMessage"
    })
  }

  # The stage deploys what exists when it is created; a later route would be deployed only with the next change.
  depends_on = [aws_apigatewayv2_route.search]
}

resource "aws_lambda_permission" "api_gateway" {
  count = local.has_api_gateway ? 1 : 0

  function_name = aws_lambda_function.search.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.search[0].execution_arn}/*/*"

  # Adding two statements to one policy at the same time can fail.
  depends_on = [aws_lambda_permission.function_url_invoke]
}
