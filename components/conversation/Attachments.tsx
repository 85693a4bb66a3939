import { Icon } from "@/components/ui/Icon";
import { sizeText } from "@/components/ui/size-text";
import type { Attachment } from "@/lib/api/vocabulary";

type Props = { messageId: string; attachments: Attachment[] };

export function Attachments({ messageId, attachments }: Props) {
  if (attachments.length === 0) return null;
  return (
    <ul aria-label="Attachments" className="mt-4 flex flex-wrap gap-2">
      {attachments.map(({ index, filename, sizeBytes }) => (
        <li key={index} className="min-w-0">
          <a
            href={`/api/emails/messages/${messageId}/attachments/${index}`}
            download={filename}
            aria-label={`Download ${filename}, ${sizeText(sizeBytes)}`}
            className="inline-flex h-8 max-w-full items-center gap-2 rounded-control border border-line bg-surface px-2.5 text-ui hover:bg-hover max-md:h-11"
          >
            <Icon name="clip" size={14} />
            <span dir="auto" className="min-w-0 truncate">
              {filename}
            </span>
            <span className="flex-none text-small text-ink-3">{sizeText(sizeBytes)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
