import "server-only";

const store = globalThis as unknown as Record<symbol, unknown>;

/**
 * One value per process under `name`, made at the first call.
 * A bundler may give instrumentation and routes their own copies of a module; what they must share lives here.
 */
export function processSingleton<Value>(name: string, create: () => Value): Value {
  const key = Symbol.for(`claimdesk.${name}`);
  // Sound because each name is used with one type, in the one module that owns it.
  return (store[key] ??= create()) as Value;
}
