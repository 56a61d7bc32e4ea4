export const shells = ['bash', 'zsh', 'fish'] as const;
export type ShellName = (typeof shells)[number];

/**
 * The script that makes a shell ask `sluice __complete WORD…` (the words typed so far, the last one unfinished). It
 * answers one candidate a line, a tab, and its description; the line `:files` or `:directories` leaves it to the shell.
 */
export function shellScript(shell: ShellName): string {
  return scripts[shell];
}

const bash = String.raw`# bash completion for sluice. Load it with:  source <(sluice completion bash)
_sluice_complete() {
  local current line
  local words=("${'${'}COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  current="${'${'}COMP_WORDS[COMP_CWORD]}"
  # bash makes a word of its own of the = in --option=value.
  if [[ "$current" == "=" ]]; then current=""; fi
  while IFS= read -r line; do
    case "$line" in
      :files | :directories)
        compopt -o filenames 2>/dev/null
        local action="-f"
        if [[ "$line" == ":directories" ]]; then action="-d"; fi
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$action" -- "$current")
        ;;
      *)
        line="${'${'}line%%$'\t'*}"
        if [[ "$line" == "$current"* ]]; then COMPREPLY+=("$line"); fi
        ;;
    esac
  done < <("${'${'}COMP_WORDS[0]}" __complete -- "${'${'}words[@]}" 2>/dev/null)
}
complete -F _sluice_complete sluice
`;

const zsh = String.raw`#compdef sluice
# zsh completion for sluice. Load it with:  source <(sluice completion zsh)
_sluice() {
  local line candidate description
  local -a described
  while IFS= read -r line; do
    case "$line" in
      :files) _files ;;
      :directories) _files -/ ;;
      *)
        candidate="${'${'}line%%$'\t'*}"
        description=""
        if [[ "$line" == *$'\t'* ]]; then description="${'${'}line#*$'\t'}"; fi
        candidate="${'${'}candidate//:/\\:}"
        described+=("${'$'}candidate${'${'}description:+:$description}")
        ;;
    esac
  done < <("${'${'}words[1]}" __complete -- "${'${'}(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${'${'}#described} )); then _describe -t candidates 'candidate' described; fi
}
if [[ "$funcstack[1]" == "_sluice" ]]; then _sluice "$@"; else compdef _sluice sluice; fi
`;

const fish = String.raw`# fish completion for sluice. Load it with:  sluice completion fish | source
function __sluice_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l current (commandline -ct)
  for line in ($words[1] __complete -- $words[2..-1] 2>/dev/null)
    switch $line
      case :files
        __fish_complete_path $current
      case :directories
        __fish_complete_directories $current
      case '*'
        echo $line
    end
  end
end
complete -c sluice -f -a '(__sluice_complete)'
`;

const scripts: Readonly<Record<ShellName, string>> = { bash, zsh, fish };
