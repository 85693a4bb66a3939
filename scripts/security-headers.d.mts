export const CLOSED_POLICY: string;
export const HSTS: string;
export const SECURITY_HEADERS: Record<string, string>;
export const UNFRAMED_HEADERS: Record<string, string>;
