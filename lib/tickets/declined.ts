import "server-only";

const IS_DECLINED = { $eq: ["$attention.kind", "declined"] };
const OTHERS = {
  $filter: { input: { $ifNull: ["$openAttention", []] }, cond: { $ne: ["$$this.kind", "declined"] } },
};

/**
 * Fields of a thread that somebody holds again after it was declined. Only a customer's mail is less grave than that, so
 * if the declined one is the gravest, nothing else is left that needs a look. A thread without attention gets no field.
 */
export const NOT_DECLINED = {
  givenBackTo: "$$REMOVE",
  declined: "$$REMOVE",
  attention: { $cond: [IS_DECLINED, { $ifNull: [{ $last: OTHERS }, null] }, "$attention"] },
  openAttention: { $cond: [{ $isArray: "$openAttention" }, OTHERS, "$openAttention"] },
  needsLookAt: { $cond: [IS_DECLINED, "$$REMOVE", "$needsLookAt"] },
};
