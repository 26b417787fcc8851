//! What one source file names and declares.
//!
//! Must not know: which names are allowed.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A file of the project: its path from the root, with `/` between the parts, and its text.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

/// What one file names and declares, outside of tests.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) paths: Vec<NamedPath>,
    /// What `use` imports: short name, segments.
    imported: BTreeMap<String, Vec<String>>,
    /// A `use` with `pub` is being read.
    in_reexport: bool,
    /// Modules declared as `mod x;`, those of tests too.
    pub(super) modules: Vec<Declared>,
    /// Functions: line, name, length in lines.
    pub(super) functions: Vec<(usize, String, usize)>,
}

/// A path as it stands in a file.
pub(super) struct NamedPath {
    pub(super) line: usize,
    pub(super) segments: Vec<String>,
    pub(super) is_reexport: bool,
}

/// A module with a file of its own.
pub(super) struct Declared {
    name: String,
    /// What `#[path]` says.
    file: Option<String>,
    /// It stands under `#[cfg(test)]`.
    pub(super) for_tests: bool,
}

impl Declared {
    /// The files it may be, when declared in the file at `path`; `is_root` for `lib.rs`, `main.rs` and the like.
    pub(super) fn files(&self, path: &str, is_root: bool) -> Vec<String> {
        let (folder, file) = path.rsplit_once('/').unwrap();
        if let Some(file) = &self.file {
            return vec![format!("{folder}/{file}")];
        }
        let home = if is_root || file == "mod.rs" { folder } else { path.trim_end_matches(".rs") };
        vec![format!("{home}/{}.rs", self.name), format!("{home}/{}/mod.rs", self.name)]
    }
}

impl Reading {
    pub(super) fn of(source: &Source) -> Self {
        let file = syn::parse_file(&source.text).unwrap_or_else(|e| panic!("{}: {e}", source.path));
        let mut reading = Self::default();
        reading.visit_file(&file);
        reading
    }

    fn take_use(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |ident: &syn::Ident| [before, &[ident.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.take_use(&path.tree, &with(&path.ident)),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.take_use(item, before));
            }
            syn::UseTree::Name(name) if name.ident == "self" => {
                self.import(before.last().cloned().unwrap_or_default(), before.to_vec(), tree);
            }
            syn::UseTree::Name(name) => {
                self.import(name.ident.to_string(), with(&name.ident), tree);
            }
            syn::UseTree::Rename(name) => {
                self.import(name.rename.to_string(), with(&name.ident), tree);
            }
            syn::UseTree::Glob(_) => self.import("*".to_owned(), before.to_vec(), tree),
        }
    }

    fn import(&mut self, short: String, path: Vec<String>, tree: &syn::UseTree) {
        self.name(tree.span().start().line, path.clone());
        self.imported.insert(short, path);
    }

    fn name(&mut self, line: usize, segments: Vec<String>) {
        self.paths.push(NamedPath { line, segments, is_reexport: self.in_reexport });
    }

    /// Paths inside a macro call, which `syn` leaves as tokens.
    fn take_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        let mut line = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.name(line, std::mem::take(&mut path));
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    colons = 0;
                    self.take_tokens(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => colons = 0,
            }
        }
        self.name(line, path);
    }

    fn take_function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let (first, last) = (signature.span().start().line, block.span().end().line);
        self.functions.push((first, signature.ident.to_string(), last - first + 1));
    }

    /// The path as `crate::…` if it leads into this crate; else as it stands. `module` is that of the file.
    pub(super) fn resolved(&self, path: &[String], module: &[String]) -> Vec<String> {
        let Some((root, rest)) = path.split_first() else { return Vec::new() };
        let supers = path.iter().take_while(|part| *part == "super").count();
        let below = |depth: usize, rest: &[String]| {
            [&["crate".to_owned()], &module[..depth], rest].concat()
        };
        match root.as_str() {
            "crate" | "duban" => [&["crate".to_owned()], rest].concat(),
            "super" => below(module.len().saturating_sub(supers), &path[supers..]),
            "self" => below(module.len(), rest),
            _ if self.modules.iter().any(|child| child.name == *root) => below(module.len(), path),
            _ => match self.imported.get(root) {
                Some(full) if full.first() != Some(root) => {
                    self.resolved(&[full.as_slice(), rest].concat(), module)
                }
                _ => path.to_vec(),
            },
        }
    }

    /// What a `use` imports under this name; the modules below see it too.
    pub(super) fn import_of(&self, name: &str) -> Option<&[String]> {
        self.imported.get(name).map(Vec::as_slice)
    }
}

impl<'ast> Visit<'ast> for Reading {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let for_tests = attributes_of(item).iter().any(is_cfg_test);
        if let syn::Item::Mod(module) = item
            && module.content.is_none()
        {
            let file = module.attrs.iter().find_map(path_attribute);
            self.modules.push(Declared { name: module.ident.to_string(), file, for_tests });
        }
        if !for_tests {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.in_reexport = !matches!(item.vis, syn::Visibility::Inherited);
        self.take_use(&item.tree, &[]);
        self.in_reexport = false;
    }

    /// `pub(super)` names no file.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.name(path.span().start().line, segments);
        visit::visit_path(self, path);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.take_tokens(list.tokens.clone());
        visit::visit_meta_list(self, list);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.take_tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.take_function(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.take_function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "only these four ever stand under `cfg(test)`")]
fn attributes_of(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        _ => &[],
    }
}

/// The file named by `#[path = "…"]`.
fn path_attribute(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
    let syn::Expr::Lit(literal) = &pair.value else { return None };
    let syn::Lit::Str(file) = &literal.lit else { return None };
    pair.path.is_ident("path").then(|| file.value())
}

fn is_cfg_test(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
}
