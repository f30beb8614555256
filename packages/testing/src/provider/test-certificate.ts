/**
 * A self-signed certificate for 127.0.0.1 and localhost, valid from 2020 to 2120, and its key. Its
 * key is public, so it proves nothing: give it as `tls` to a fake provider and as `ca` to a client.
 */
export const testCertificate: { readonly key: string; readonly cert: string } = Object.freeze({
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHDBEubPfHbkHog88
O0mttRbC9Cw1FoE1LJJamH4ZKX6hRANCAARJZi+QpFOx26PBZDtA7Im4WdbbzWkK
K+S6UIyYZzqxrao6SQgXsT3hC1lklIW6PHzM8d1Bz1Pl8tXio93MaovV
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBkjCCATigAwIBAgIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxmb3JiZWFy
IHRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBcxFTATBgNV
BAMMDGZvcmJlYXIgdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABElmL5Ck
U7Hbo8FkO0DsibhZ1tvNaQor5LpQjJhnOrGtqjpJCBexPeELWWSUhbo8fMzx3UHP
U+Xy1eKj3cxqi9WjczBxMBoGA1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9zdDAPBgNV
HRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIChDATBgNVHSUEDDAKBggrBgEFBQcD
ATAdBgNVHQ4EFgQUAuo781lO/5PdxQKKEzzeAC4NVGcwCgYIKoZIzj0EAwIDSAAw
RQIhAOC9y88f+TZreWClDGuz4biZurHCNt+moafytxtVZ2JYAiBBmCfvDGT6L6zD
IV4m3epqN5Fw0lSBIjnP8HSjLSTF1A==
-----END CERTIFICATE-----
`,
});
