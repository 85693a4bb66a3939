/** Who the mail goes to, always in sight. */
export function Recipient({ address }: { address: string | null }) {
  if (!address) return "This ticket has no address that mail can be sent to";
  return (
    <>
      To <b className="font-medium text-ink-2">{address}</b>
    </>
  );
}
