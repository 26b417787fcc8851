//! A mail as plain text: decoded headers and parts, to look for what it says whatever its encoding.
//!
//! Must not know: what is looked for.

use mail_parser::{HeaderValue, PartType};

use super::parsed_mail::parsed_mail;

/// Returns the bytes as they stand and, after them, every header and text part decoded.
pub fn mail_text(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    let Some(mail) = parsed_mail(bytes) else { return text };
    for part in &mail.parts {
        for header in &part.headers {
            add_header(&header.value, &mut text);
        }
        match &part.body {
            PartType::Text(body) | PartType::Html(body) => {
                text.push('\n');
                text.push_str(body);
            }
            PartType::Binary(body) | PartType::InlineBinary(body) => {
                text.push('\n');
                text.push_str(&String::from_utf8_lossy(body));
            }
            PartType::Message(_) | PartType::Multipart(_) => {}
        }
    }
    text
}

fn add_header(value: &HeaderValue<'_>, text: &mut String) {
    let mut add = |said: &str| {
        text.push('\n');
        text.push_str(said);
    };
    if let HeaderValue::Text(said) = value {
        add(said);
    } else if let HeaderValue::TextList(all) = value {
        for said in all {
            add(said);
        }
    } else if let HeaderValue::Address(addresses) = value {
        for address in addresses.iter() {
            address.name().into_iter().chain(address.address()).for_each(&mut add);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::mail_text;

    #[test]
    fn encoded_names_are_readable() {
        let mail = "Subject: =?utf-8?B?5byg5LiJ?=\r\nTo: =?utf-8?B?546L5LqU?= <w@unit.example>\r\nContent-Type: text/plain; \
                    charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E6=9D=8E=E5=9B=9B\r\n";
        let text = mail_text(mail.as_bytes());
        for name in ["张三", "王五", "李四", "w@unit.example"] {
            assert!(text.contains(name), "{name}: {text}");
        }
    }
}
