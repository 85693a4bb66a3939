import "server-only";

const store = globalThis as unknown as Record<symbol, unknown>;

/**
 * The one value of `name` in this process, created at the first call. Needed because a bundler may give instrumentation
 * and routes separate copies of a module.
 */
export function processSingleton<Value>(name: string, create: () => Value): Value {
  const key = Symbol.for(`claimdesk.${name}`);
  // Sound because each name is used with one type, in the one module that owns it.
  return (store[key] ??= create()) as Value;
}
