# Who may search through each endpoint.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_lambda_function_url" {
    defaults = { function_url = "https://abc.lambda-url.eu-central-1.on.aws/" }
  }
  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      api_endpoint  = "https://abc.execute-api.eu-central-1.amazonaws.com"
      execution_arn = "arn:aws:execute-api:eu-central-1:123456789012:abc"
    }
  }
  mock_resource "aws_acm_certificate" {
    defaults = {
      domain_validation_options = [{
        domain_name           = "search.example.org"
        resource_record_name  = "_1.search.example.org."
        resource_record_type  = "CNAME"
        resource_record_value = "_2.acm-validations.aws."
      }]
    }
  }
}

variables {
  search_package   = "versions.tf"
  indexing_package = "versions.tf"
  indices          = ["cities"]
}

run "public_function_url" {
  variables {
    function_url_authorization  = "NONE"
    search_reserved_concurrency = 20
    cors_origins                = ["https://www.example.org"]
  }

  assert {
    condition     = aws_lambda_permission.function_url[0].principal == "*" && aws_lambda_permission.function_url[0].function_url_auth_type == "NONE"
    error_message = "everyone must be allowed to use the URL"
  }

  assert {
    condition     = aws_lambda_permission.function_url_invoke[0].principal == "*" && aws_lambda_permission.function_url_invoke[0].invoked_via_function_url
    error_message = "everyone must be allowed to invoke the function, but only through its URL"
  }

  assert {
    condition     = output.curl_function_url == "curl -sS -H 'content-type: application/json' -d '{\"query\":{\"match_all\":{}}}' 'https://abc.lambda-url.eu-central-1.on.aws/cities/_search?pretty'"
    error_message = "curl_function_url is ${output.curl_function_url}"
  }

  assert {
    condition     = aws_lambda_function_url.search[0].cors[0].allow_origins == tolist(["https://www.example.org"])
    error_message = "the origin must be allowed"
  }

  assert {
    condition     = output.caller_policy_json == null
    error_message = "no caller needs a policy"
  }
}

run "callers_elsewhere" {
  variables {
    function_url_callers = ["210987654321", "arn:aws:iam::210987654321:role/shop"]
  }

  assert {
    condition     = aws_lambda_permission.function_url[*].principal == ["210987654321", "arn:aws:iam::210987654321:role/shop"] && aws_lambda_permission.function_url_invoke[*].principal == ["210987654321", "arn:aws:iam::210987654321:role/shop"]
    error_message = "both callers must be allowed to use the URL and to invoke the function"
  }

  assert {
    condition     = [for statement in jsondecode(output.caller_policy_json).Statement : statement.Action] == ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]
    error_message = "caller_policy_json is ${output.caller_policy_json}"
  }
}

run "http_api_with_tokens_and_domain" {
  variables {
    function_url_authorization = null
    api_gateway_authorization  = "JWT"
    api_gateway_jwt            = { issuer = "https://tokens.example.org", audience = ["search"] }
    custom_domain              = { domain_name = "search.example.org", hosted_zone_id = "Z1" }
  }

  assert {
    condition     = output.function_url == null && output.curl_function_url == null
    error_message = "there must be no function URL"
  }

  assert {
    condition     = aws_apigatewayv2_route.search[0].authorization_type == "JWT" && aws_apigatewayv2_route.search[0].authorizer_id == aws_apigatewayv2_authorizer.token[0].id
    error_message = "the only route must require a token"
  }

  assert {
    condition     = aws_apigatewayv2_integration.search[0].timeout_milliseconds == 15000 && aws_apigatewayv2_integration.search[0].payload_format_version == "2.0"
    error_message = "the API must wait as long as the function may take"
  }

  assert {
    condition     = aws_route53_record.validation[0].name == "_1.search.example.org." && aws_apigatewayv2_api.search[0].disable_execute_api_endpoint
    error_message = "the certificate must be validated, and the default endpoint disabled"
  }

  assert {
    condition     = output.curl_api == "curl -sS -H \"authorization: Bearer $TOKEN\" -H 'content-type: application/json' -d '{\"query\":{\"match_all\":{}}}' 'https://search.example.org/cities/_search?pretty'"
    error_message = "curl_api is ${output.curl_api}"
  }
}

run "http_api_with_given_certificate" {
  variables {
    api_gateway_authorization = "AWS_IAM"
    custom_domain = {
      domain_name     = "search.example.org"
      hosted_zone_id  = "Z1"
      certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
    }
  }

  assert {
    condition     = length(aws_acm_certificate.search) == 0 && aws_apigatewayv2_domain_name.search[0].domain_name_configuration[0].certificate_arn == "arn:aws:acm:eu-central-1:123456789012:certificate/1"
    error_message = "the given certificate must be used"
  }

  assert {
    condition     = [for statement in jsondecode(output.caller_policy_json).Statement : statement.Action] == ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction", "execute-api:Invoke"]
    error_message = "caller_policy_json is ${output.caller_policy_json}"
  }
}

run "open_http_api" {
  variables {
    api_gateway_authorization = "NONE"
  }

  assert {
    condition     = length(aws_apigatewayv2_authorizer.token) == 0 && aws_apigatewayv2_route.search[0].authorization_type == "NONE"
    error_message = "everyone must be allowed to use the API"
  }

  assert {
    condition     = output.curl_api == "curl -sS -H 'content-type: application/json' -d '{\"query\":{\"match_all\":{}}}' 'https://abc.execute-api.eu-central-1.amazonaws.com/cities/_search?pretty'"
    error_message = "curl_api is ${output.curl_api}"
  }
}

run "writing" {
  variables {
    writing_enabled            = true
    writing_callers            = ["210987654321"]
    function_url_authorization = "NONE"
  }

  assert {
    condition     = aws_lambda_function_url.writing[0].authorization_type == "AWS_IAM" && aws_lambda_function.indexing[0].environment[0].variables["QUIDDITCH_WRITES"] == "true"
    error_message = "the URL for writing must require IAM, whatever the other one does, and the function must answer"
  }

  assert {
    condition     = !contains(keys(aws_lambda_function.search.environment[0].variables), "QUIDDITCH_WRITES")
    error_message = "the search function must not write"
  }

  assert {
    condition     = aws_lambda_permission.writing_url[*].principal == ["210987654321"] && aws_lambda_permission.writing_url_invoke[*].principal == ["210987654321"]
    error_message = "the caller in the other account must be allowed to use the URL and to invoke the function"
  }

  assert {
    condition     = [for statement in jsondecode(output.writer_policy_json).Statement : statement.Sid] == ["CallWritingUrl", "InvokeThroughWritingUrl"]
    error_message = "writer_policy_json is ${output.writer_policy_json}"
  }

  assert {
    condition     = output.caller_policy_json == null
    error_message = "callers that search must not be allowed to write"
  }

  assert {
    condition     = output.writing_url == "https://abc.lambda-url.eu-central-1.on.aws" && endswith(output.curl_writing_url, " -d '{}' 'https://abc.lambda-url.eu-central-1.on.aws/cities/_doc?pretty'")
    error_message = "curl_writing_url is ${output.curl_writing_url}"
  }
}
