"""Enterprise codes 企业码: issue, sign, resolve, print, revoke."""
