import "server-only";
import mongoose, { type Model, type Schema } from "mongoose";

/**
 * The model of that name, made once per process.
 * A hot reload evaluates the file again and finds the model already there; the cast is sound because only this
 * file's caller registers that name, always with a schema of the same type.
 */
export function registered<Doc>(name: string, schema: Schema<Doc>): Model<Doc> {
  return (mongoose.models[name] as Model<Doc> | undefined) ?? mongoose.model<Doc>(name, schema);
}
