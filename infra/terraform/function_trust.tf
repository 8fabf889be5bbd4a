# Whose user functions run: settings that both functions have.

locals {
  function_trust = {
    QUIDDITCH_TRUSTED_KEYS       = length(var.trusted_keys) == 0 ? null : join(",", var.trusted_keys)
    QUIDDITCH_REQUIRE_SIGNATURES = var.require_signatures ? "true" : null
    QUIDDITCH_UNSIGNED_CODE      = var.unsigned_code_enabled ? "true" : null
  }
}
