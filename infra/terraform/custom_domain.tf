# A custom domain for the HTTP API. Its zone is in Route 53; its certificate is created here unless one is given.

locals {
  makes_certificate = local.has_custom_domain && try(var.custom_domain.certificate_arn, null) == null

  # A certificate with one name has one validation record.
  validation = one([for certificate in aws_acm_certificate.search : one(certificate.domain_validation_options)])
}

resource "aws_acm_certificate" "search" {
  count = local.makes_certificate ? 1 : 0

  domain_name       = var.custom_domain.domain_name
  validation_method = "DNS"

  # The domain needs the new certificate before it can release the old one.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  count = local.makes_certificate ? 1 : 0

  zone_id         = var.custom_domain.hosted_zone_id
  name            = local.validation.resource_record_name
  type            = local.validation.resource_record_type
  records         = [local.validation.resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "search" {
  count = local.makes_certificate ? 1 : 0

  certificate_arn         = aws_acm_certificate.search[0].arn
  validation_record_fqdns = [aws_route53_record.validation[0].fqdn]
}

resource "aws_apigatewayv2_domain_name" "search" {
  count = local.has_custom_domain ? 1 : 0

  domain_name = var.custom_domain.domain_name

  domain_name_configuration {
    certificate_arn = local.makes_certificate ? aws_acm_certificate_validation.search[0].certificate_arn : var.custom_domain.certificate_arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "search" {
  count = local.has_custom_domain ? 1 : 0

  api_id      = aws_apigatewayv2_api.search[0].id
  domain_name = aws_apigatewayv2_domain_name.search[0].id
  stage       = aws_apigatewayv2_stage.search[0].id
}

resource "aws_route53_record" "search" {
  count = local.has_custom_domain ? 1 : 0

  zone_id = var.custom_domain.hosted_zone_id
  name    = var.custom_domain.domain_name
  type    = "A"

  alias {
    name                   = aws_apigatewayv2_domain_name.search[0].domain_name_configuration[0].target_domain_name
    zone_id                = aws_apigatewayv2_domain_name.search[0].domain_name_configuration[0].hosted_zone_id
    evaluate_target_health = false
  }
}
