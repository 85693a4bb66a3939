type Props = { messageId: string; from: string };

/**
 * The mail in its own layout, on white as senders expect, in a sandboxed frame. Two more things protect the reader:
 * the stored HTML is sanitised, and the policy of its address fetches and runs nothing. It has an address of its own
 * because the policy of this page refuses the mail's styles.
 */
export function FormattedMail({ messageId, from }: Props) {
  return (
    <iframe
      title={`Formatted mail from ${from}`}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      src={`/api/emails/messages/${messageId}/formatted`}
      className="block h-105 max-h-[70vh] min-h-40 w-full resize-y rounded-control border border-line bg-[#fff]"
    />
  );
}
