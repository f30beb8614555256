export type {
  AdapterUnderTest,
  BodyKind,
  Connection,
  ContractAnswer,
  ContractCall,
  ContractCallOptions,
  ContractClient,
} from './contract/adapter.js';
export { describeAdapter } from './contract/contract.js';
export { describeSharedPolicy } from './contract/one-policy.js';
export type { TestRunner } from './contract/runner.js';
