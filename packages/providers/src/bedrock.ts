import type { ProviderProfile } from '@forbear/core';

const CREDENTIALS_WRONG = [
  'ExpiredToken*',
  'IncompleteSignature*',
  'InvalidClientTokenId*',
  'InvalidSignature*',
  'MissingAuthenticationToken*',
  'NotAuthorized*',
  'RequestExpired*',
  'UnrecognizedClient*',
];

/**
 * Amazon Bedrock's runtime: quotas of each account, model and region, of which no header tells. The
 * longest output that a request allows is reserved when it is admitted; unset, that is the model's
 * most. An error is named by a header, and in a stream by its frame.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ResponseStream.html
 */
export const bedrock = Object.freeze<ProviderProfile>({
  name: 'AWS Bedrock',
  hosts: [
    'bedrock-runtime.*.amazonaws.com',
    'bedrock-runtime-fips.*.amazonaws.com',
    'gateway.ai.cloudflare.com/v1/*/*/aws-bedrock',
  ],
  limitScope: 'organisation+model',
  limits: [
    { name: 'requests', unit: 'requests', windowMs: 60_000 },
    { name: 'tokens', unit: 'tokens', windowMs: 60_000 },
    { name: 'tokens-day', unit: 'tokens', windowMs: 86_400_000 },
  ],
  modelInPath: /\/model\/([^/]+)/,
  envelope: ['message'],
  codeIn: 'x-amzn-errortype',
  streamErrors: [
    'error',
    'throttlingException',
    'modelStreamErrorException',
    'internalServerException',
    'validationException',
    'modelTimeoutException',
    'serviceUnavailableException',
  ],
  rules: [
    {
      status: 400,
      code: ['*ServiceQuotaExceededException'],
      kind: 'rate-limited',
      because: 'a quota of the account is used up for now, in spite of the status 400',
    },
    {
      status: [400, 403],
      code: CREDENTIALS_WRONG,
      kind: 'auth',
      because: 'the signature or the credentials are wrong, or too old',
    },
    {
      status: 400,
      code: ['*ValidationException'],
      kind: 'invalid',
      because: 'the input is not what the model takes',
    },
    {
      status: 403,
      code: ['*MPAgreementBeingCreated*'],
      kind: 'auth',
      transient: true,
      leastWaitMs: 900_000,
      because:
        'the subscription to the model is still being made, so it works in a quarter of an hour',
    },
    { status: 403, kind: 'auth', because: 'the account or the role may not use the model' },
    { status: 404, kind: 'invalid', because: 'there is no such model in this region' },
    {
      status: 408,
      code: ['*ModelTimeoutException'],
      kind: 'timeout',
      effect: 'unknown',
      because: 'the model worked for longer than it may',
    },
    {
      status: 424,
      code: ['*ModelErrorException', '*ModelStreamErrorException'],
      kind: 'server-error',
      effect: 'unknown',
      because: 'the model failed while it worked, in spite of the status 424',
    },
    {
      status: 429,
      message: /\bper day\b/i,
      kind: 'quota-exhausted',
      because: 'the tokens of the day are used up',
    },
    {
      status: 429,
      code: ['*ModelNotReadyException'],
      kind: 'overloaded',
      because: 'the model is not ready to serve yet',
    },
    {
      status: 429,
      message: /^Too many tokens/i,
      kind: 'rate-limited',
      bucket: 'tokens',
      because: 'the tokens of the minute are used up or reserved',
    },
    {
      status: 429,
      message: /^Too many requests/i,
      kind: 'rate-limited',
      bucket: 'requests',
      because: 'the requests of the minute are used up',
    },
    {
      status: 429,
      code: ['*ThrottlingException'],
      kind: 'rate-limited',
      because: 'a quota of the account for the model is used up for now',
    },
    {
      status: 500,
      code: ['*InternalServerException', '*InternalFailure*'],
      kind: 'server-error',
      effect: 'unknown',
      because: 'the service failed, perhaps after the work',
    },
    {
      status: 503,
      code: ['*ServiceUnavailable*'],
      kind: 'overloaded',
      effect: 'unknown',
      because: 'the service is not available, perhaps since the work began',
    },
    {
      status: 529,
      code: ['*overloaded*'],
      kind: 'overloaded',
      because: 'the model behind it is overloaded and took no more requests',
    },
  ],
  sources: [
    'https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html',
    'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ResponseStream.html',
    'https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-runtime.html',
  ],
});
