type Props = { messageId: string; from: string };

/**
 * The mail as its sender laid it out, on white as senders expect, in a frame that can do nothing but show it. One of
 * three fences: the stored HTML is sanitised, and its own address answers with a policy that fetches and runs nothing.
 * Written into the page instead, it would stand under the page's policy, which refuses the mail's own styles.
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
