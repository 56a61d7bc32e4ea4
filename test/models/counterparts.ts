import { pathToFileURL } from 'node:url';

const { env } = process;

/** LiteLLM's proxy, with the models of litellm.yaml; undefined where it could not be had. */
export const liteLlm: { readonly url: string; readonly key: string } | undefined =
  env['SLUICE_TEST_LITELLM'] === undefined
    ? undefined
    : { url: env['SLUICE_TEST_LITELLM'], key: env['SLUICE_TEST_LITELLM_KEY'] ?? '' };

/** Prometheus, and the directory whose JSON files say what it scrapes; undefined where it could not be had. */
export const prometheus: { readonly url: string; readonly targets: string } | undefined =
  env['SLUICE_TEST_PROMETHEUS'] === undefined
    ? undefined
    : { url: env['SLUICE_TEST_PROMETHEUS'], targets: env['SLUICE_TEST_PROMETHEUS_TARGETS'] ?? '' };
