variable "region" {
  description = "Where everything is."
  type        = string
  default     = "us-east-1"
}

variable "domain_name" {
  description = "The domain of the API, such as search.example.org."
  type        = string
}

variable "hosted_zone_id" {
  description = "The zone of that domain in Route 53."
  type        = string
}

variable "token_issuer" {
  description = "The https address of who issues the tokens that callers bring."
  type        = string
}

variable "token_audience" {
  description = "The audience that the tokens must be for."
  type        = string
}

variable "alarm_email" {
  description = "Who is told of alarms."
  type        = string
}
