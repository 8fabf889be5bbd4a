terraform {
  # 1.9: validations of a variable can refer to other variables.
  required_version = "~> 1.9"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # 6.28: permissions that apply only to calls through a function URL.
      version = "~> 6.28"
    }
  }
}
