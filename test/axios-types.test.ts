import { type AxiosCallOptions, type AxiosOptions, attachForbear } from '@forbear/axios';
import { definePolicy, type Trace } from '@forbear/core';
import axios, { type AxiosInstance, type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { expectTypeOf, test } from 'vitest';

test('config.forbear is known wherever axios takes a config', () => {
  type Forbear = AxiosRequestConfig['forbear'];
  expectTypeOf<Forbear>().toEqualTypeOf<AxiosCallOptions | false | undefined>();
  expectTypeOf<AxiosRequestConfig<string>['forbear']>().toEqualTypeOf<Forbear>();
  const check = (instance: AxiosInstance) => {
    instance.get<string>('/', { forbear: false });
    instance.post('/', {}, { forbear: { repeatable: true, body: () => 'text' } });
    instance.request<number, AxiosResponse<number>, string>({ data: 'text', forbear: {} });
    axios({
      url: '/',
      forbear: { onSettled: (trace) => expectTypeOf(trace).toEqualTypeOf<Trace>() },
    });
    axios.create({ forbear: { maxRetries: 1 } });
    // @ts-expect-error: there is no such option
    instance.get('/', { forbear: { maxRetrys: 1 } });
    // @ts-expect-error: a number of milliseconds is meant
    axios({ forbear: { deadlineMs: '5s' } });
    // @ts-expect-error: true means nothing
    axios({ forbear: true });
  };
  expectTypeOf(check).toBeFunction();
});

test('attachForbear takes axios and any instance, and gives what takes it off', () => {
  expectTypeOf(attachForbear).parameter(0).toEqualTypeOf<AxiosInstance>();
  expectTypeOf(attachForbear).parameter(1).toEqualTypeOf<AxiosOptions | undefined>();
  expectTypeOf(attachForbear).returns.toEqualTypeOf<() => void>();
  const check = () => {
    attachForbear(axios);
    attachForbear(axios.create(), { maxRetries: 1 });
    attachForbear(axios.create(), { policy: definePolicy() });
    // @ts-expect-error: there is no such option
    attachForbear(axios, { retries: 1 });
    // @ts-expect-error: a class is no instance
    attachForbear(axios.Axios);
  };
  expectTypeOf(check).toBeFunction();
});
