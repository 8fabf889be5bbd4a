variable "region" {
  description = "The region of all resources."
  type        = string
  default     = "us-east-1"
}

variable "domain_name" {
  description = "The domain of the API, such as search.example.org."
  type        = string
}

variable "hosted_zone_id" {
  description = "The hosted zone of that domain in Route 53."
  type        = string
}

variable "token_issuer" {
  description = "The https URL of the issuer of the callers' tokens."
  type        = string
}

variable "token_audience" {
  description = "The audience that the tokens must have."
  type        = string
}

variable "alarm_email" {
  description = "The address that is notified of alarms."
  type        = string
}
