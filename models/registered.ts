import "server-only";
import mongoose, { type Model, type Schema } from "mongoose";

/**
 * The model of that name, created once per process: a hot reload evaluates a model's file again and finds the model. The
 * cast is sound because each name is registered in one file, with one schema type.
 */
export function registered<Doc>(name: string, schema: Schema<Doc>): Model<Doc> {
  return (mongoose.models[name] as Model<Doc> | undefined) ?? mongoose.model<Doc>(name, schema);
}
