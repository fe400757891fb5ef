import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { ButtonStyle, ComponentType } from 'discord-api-types/v10';
import { isRecord } from '../json.ts';
import type { Form } from './form.ts';

const MAX_ROWS = 5;
const MAX_BUTTONS = 5;
const known = new Set(Object.values(ComponentType).filter((type) => typeof type === 'number'));

/** Discord docs: Component Reference. Rows and buttons are checked in full; other components by their type. */
export function readComponents(form: Form, value: unknown, v2: boolean): APIMessageTopLevelComponent[] {
  return form.list(value, 'components', v2 ? 40 : MAX_ROWS).flatMap((each, index) => {
    const path = `components.${index}`;
    return isComponent(form, each, path, v2) ? [each] : [];
  });
}

function isComponent(form: Form, value: unknown, path: string, v2: boolean): value is APIMessageTopLevelComponent {
  const type = isRecord(value) ? value.type : undefined;
  const allowed = v2 ? typeof type === 'number' && known.has(type) : type === ComponentType.ActionRow;
  if (!isRecord(value) || !allowed) {
    form.problem(`${path}.type`, 'BASE_TYPE_CHOICES', 'Value must be one of {1}.');
    return false;
  }
  if (type === ComponentType.ActionRow) checkRow(form, value.components, `${path}.components`);
  return true;
}

function checkRow(form: Form, value: unknown, path: string): void {
  const inside = form.list(value, path, MAX_BUTTONS);
  if (inside.length === 0)
    form.problem(path, 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${MAX_BUTTONS} in length.`);
  inside.forEach((each, index) => {
    const at = `${path}.${index}`;
    const component = form.record(each, at);
    if (component.type === ComponentType.Button) checkButton(form, component, at);
  });
}

/** A link has a URL and no custom id, the other styles the reverse (Component Reference, Button). */
function checkButton(form: Form, button: Record<string, unknown>, path: string): void {
  form.text(button.label, `${path}.label`, 80);
  const url = form.text(button.url, `${path}.url`, 512);
  const customId = form.text(button.custom_id, `${path}.custom_id`, 100, 1);
  if (button.style === ButtonStyle.Link) {
    if (!url) form.required(`${path}.url`);
    else if (!/^(https?|discord):\/\/./.test(url) || !URL.canParse(url)) {
      form.problem(
        `${path}.url`,
        'URL_TYPE_INVALID_SCHEME',
        `Scheme "${url.split(':')[0]}" is not supported. Scheme must be one of ('http', 'https', 'discord').`,
      );
    }
    if (customId)
      form.problem(
        `${path}.custom_id`,
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      );
  } else if (!customId) {
    form.problem(`${path}.custom_id`, 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required');
  }
}
