//! The form of the files in `udfs/hostile`: WebAssembly text with lines that say what is to be done with it.

/// Begins a line that is not WebAssembly text. To WebAssembly, it is a comment.
const DIRECTIVE: &str = ";;@ ";

/// Stands for the number of the repetition, from 0.
const INDEX: &str = "{i}";

/// A file, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Template {
    /// The comment at the beginning, as one line.
    pub(crate) summary: String,
    /// How it is used: the words after `use`.
    pub(crate) uses: Vec<String>,
    /// The name of each part, and its text. The part `whole` replaces everything.
    pub(crate) parts: Vec<(String, String)>,
}

impl Template {
    /// Reads a file.
    ///
    /// # Panics
    /// Panics if the file does not have the form that `udfs/hostile/README.md` describes.
    pub(crate) fn parse(text: &str) -> Self {
        let mut template = Template::default();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(directive) = line.strip_prefix(DIRECTIVE) else {
                template.add(line);
                continue;
            };
            let (verb, rest) = directive.split_once(' ').unwrap_or((directive, ""));
            match verb {
                "use" => template.uses.extend(rest.split(' ').map(ToOwned::to_owned)),
                "part" => template.parts.push((rest.to_owned(), String::new())),
                "repeat" => {
                    let times: usize = rest.parse().expect("`repeat` has a number");
                    let repeated: Vec<&str> = lines.by_ref().take_while(|line| !is_end(line)).collect();
                    template.add(&repeat(&repeated.join("\n"), times));
                }
                _ => panic!("unknown line: {line}"),
            }
        }
        template
    }

    /// Adds a line to the current part, or to the summary if there is none yet.
    fn add(&mut self, line: &str) {
        if let Some((_, part)) = self.parts.last_mut() {
            part.push_str(line);
            part.push('\n');
            return;
        }
        let words = line.strip_prefix(";;").expect("a file begins with a comment").trim();
        if !self.summary.is_empty() {
            self.summary.push(' ');
        }
        self.summary.push_str(words);
    }
}

fn is_end(line: &str) -> bool {
    line.strip_prefix(DIRECTIVE) == Some("end")
}

fn repeat(text: &str, times: usize) -> String {
    (0..times).map(|index| text.replace(INDEX, &index.to_string()) + "\n").collect()
}
