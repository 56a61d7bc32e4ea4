import type { RunOptions } from '../store/port.ts';
import type { AssembleOptions } from './assemble-session.ts';
import type { InputFile } from './session.ts';

/** Whether a session is open for the place where a run was started. */
export function isSamePlace(began: RunOptions, options: AssembleOptions): boolean {
  const { kubeconfig, context, clusterFile } = options;
  const isSameFile = began.clusterFile === undefined || clusterFile !== undefined;
  return began.kubeconfig === kubeconfig && began.context === context && isSameFile;
}

export function withoutPlace(options: AssembleOptions): AssembleOptions {
  const { kubeconfig: _kubeconfig, context: _context, clusterFile: _clusterFile, ...rest } = options;
  return rest;
}

/** The options that open the place where a run was started. */
export function placeOf({ kubeconfig, context, clusterFile, offline }: RunOptions): Partial<AssembleOptions> {
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(offline === undefined ? {} : { offline }),
    ...(clusterFile === undefined
      ? {}
      : { clusterFile: { name: clusterFile.file, bytes: new TextEncoder().encode(clusterFile.text) } }),
  };
}

export function pinFile({ name, bytes }: InputFile): NonNullable<RunOptions['clusterFile']> {
  return { file: name, text: new TextDecoder().decode(bytes) };
}
