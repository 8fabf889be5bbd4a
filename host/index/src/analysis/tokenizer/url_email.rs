//! The tokenizer `uax_url_email`: as `standard`, but addresses of websites and of e-mail are one token each.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::super::analyzer_parts::Tokenizer;
use super::super::options::Options;
use super::super::token::Token;
use super::standard::{StandardTokenizer, kind_of};
use crate::IndexError;

/// Generic names at the end of domains, in addition to those of countries, which have two letters. Without `http://` before it, a
/// host is recognized by one of these.
const DOMAINS: &str = "com|org|net|edu|gov|mil|int|info|biz|name|pro|aero|coop|museum|jobs|mobi|travel|tel|cat|asia|post|xxx|app|\
    arpa|art|bank|bar|berlin|best|blog|build|cafe|capital|care|center|chat|city|cloud|club|codes|coffee|company|design|dev|digital|\
    directory|email|energy|events|expert|express|family|fashion|film|finance|fit|fun|fund|fyi|gallery|games|gmbh|gold|group|guide|\
    guru|health|help|host|hosting|house|how|icu|inc|institute|international|jetzt|legal|life|link|live|london|love|market|marketing|\
    media|money|movie|network|news|ninja|nyc|one|online|page|paris|party|photo|photography|photos|pizza|place|plus|press|pub|\
    recipes|rent|repair|report|restaurant|rocks|run|sale|school|science|service|services|shop|shopping|show|site|social|software|\
    solutions|space|store|studio|style|support|systems|team|tech|technology|tips|today|tools|top|tours|town|trade|training|tube|\
    university|vip|vision|watch|web|website|wien|wiki|win|work|works|world|xyz|zone";

/// Countries whose two letters are the end of domains.
const COUNTRIES: &str = "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw \
    by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et eu fi fj fk fm fo fr ga gb \
    gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn \
    kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf \
    ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so \
    sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tp tr tt tv tw tz ua ug uk um us uy uz va vc ve vg vi vn vu wf ws ye yt \
    za zm zw";

/// An address of e-mail, or of a website: `https://...`, or a host that ends like one.
static ADDRESSES: LazyLock<Regex> = LazyLock::new(|| {
    let label = r"(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?)";
    let ends = format!("(?:{DOMAINS}|{})", COUNTRIES.replace(' ', "|"));
    let byte = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    let host = format!(r"(?:(?:{label}\.)+{ends}\b|{byte}(?:\.{byte}){{3}}\b|\[[0-9A-Fa-f:.]+\])");
    let any_host = format!(r"(?:{label}(?:\.{label})*|\[[0-9A-Fa-f:.]+\])");
    let rest = r"(?::[0-9]+)?(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?(?:\#[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?";
    let local = r"[A-Za-z0-9!\#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!\#$%&'*+/=?^_`{|}~-]+)*";
    let pattern = format!(
        r"(?i)(?P<email>{local}@(?:(?:{label}\.)+{label}|\[[0-9.]+\]))|(?P<url>(?:https?|ftp|file)://{any_host}{rest}|{host}{rest})"
    );
    Regex::new(&pattern).expect("it is valid")
});

/// Splits a text into words and addresses.
struct UrlEmail {
    words: StandardTokenizer,
    max_characters: usize,
}

pub(super) fn read(options: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    let words = StandardTokenizer::read(options)?;
    Ok(Arc::new(UrlEmail { words, max_characters: options.size("max_token_length", 255)? }))
}

impl Tokenizer for UrlEmail {
    fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut position = 0;
        let mut add = |start: usize, word: &str, kind: &'static str| {
            tokens.push(Token::new(word, start, kind, position));
            position += 1;
        };
        let mut done = 0;
        for found in ADDRESSES.captures_iter(text) {
            let address = found.get_match();
            let is_part_of_word = text[..address.start()].chars().next_back().is_some_and(char::is_alphanumeric);
            if is_part_of_word || address.as_str().chars().nth(self.max_characters).is_some() {
                continue;
            }
            for (start, word) in self.words.words(&text[done..address.start()]) {
                add(done + start, word, kind_of(word));
            }
            let kind = if found.name("email").is_some() { "<EMAIL>" } else { "<URL>" };
            add(address.start(), address.as_str(), kind);
            done = address.end();
        }
        for (start, word) in self.words.words(&text[done..]) {
            add(done + start, word, kind_of(word));
        }
        tokens
    }
}
