# Conditions that somebody should be notified of.

locals {
  # In seconds: short enough to notice problems soon, long enough for meaningful numbers.
  metric_period = 300

  search_dimensions   = { FunctionName = local.search_name }
  indexing_dimensions = { FunctionName = local.indexing_name }

  search_alarms = {
    search-crashes = {
      description = "The search function crashed: it could not start, ran out of memory, or timed out. No request should be able to cause this."
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      dimensions  = local.search_dimensions
      statistic   = "Sum"
      percentile  = null
      threshold   = 1
      periods     = 1
    }
    search-errors = {
      description = "Searches returned 5xx: storage does not respond, or there is a bug. The log has the cause."
      namespace   = var.metrics_namespace
      metric      = "Errors"
      dimensions  = local.search_dimensions
      statistic   = "Sum"
      percentile  = null
      threshold   = 1
      periods     = 1
    }
    search-throttles = {
      description = "Searches were rejected with 429: more ran concurrently than the account or search_reserved_concurrency allows."
      namespace   = "AWS/Lambda"
      metric      = "Throttles"
      dimensions  = local.search_dimensions
      statistic   = "Sum"
      percentile  = null
      threshold   = 1
      periods     = 1
    }
    search-slow = {
      description = "One search in a hundred takes more than 80 % of search_timeout_seconds."
      namespace   = "AWS/Lambda"
      metric      = "Duration"
      dimensions  = local.search_dimensions
      statistic   = null
      percentile  = "p99"
      threshold   = 0.8 * 1000 * var.search_timeout_seconds
      periods     = 3
    }
  }

  indexing_alarms = {
    indexing-failures = {
      description = "Files could not be indexed. The failure queue contains the files and the reasons."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = "${local.indexing_name}-failures" }
      statistic   = "Maximum"
      percentile  = null
      threshold   = 1
      periods     = 1
    }
    indexing-lost-failures = {
      description = "Files could not be indexed, and this could not be reported to the failure queue. The log has the cause."
      namespace   = "AWS/Lambda"
      metric      = "DestinationDeliveryFailures"
      dimensions  = local.indexing_dimensions
      statistic   = "Sum"
      percentile  = null
      threshold   = 1
      periods     = 1
    }
  }

  alarms = merge(local.search_alarms, var.indexing_enabled ? local.indexing_alarms : {})
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => alarm if var.alarms_enabled }

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.description

  namespace          = each.value.namespace
  metric_name        = each.value.metric
  dimensions         = each.value.dimensions
  statistic          = each.value.statistic
  extended_statistic = each.value.percentile

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  period              = local.metric_period
  evaluation_periods  = each.value.periods
  # That nobody searches is not a problem.
  treat_missing_data = "notBreaching"

  alarm_actions = var.alarm_topic_arns
  ok_actions    = var.alarm_topic_arns
}
