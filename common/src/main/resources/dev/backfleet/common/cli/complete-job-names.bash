
# The names of jobs, where a command takes one. They are data: they are compared, never evaluated.
_backfleet_with_job_names() {
  _complete_backfleet "$@"
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} i name
  [[ $current != -* && COMP_CWORD -gt 1 ]] || return 0
  case ${COMP_WORDS[1]} in
    @COMMANDS@) ;;
    *) return 0 ;;
  esac
  # After a flag that takes a value, that value is wanted.
  case $previous in
    @FLAGS@) ;;
    -*) return 0 ;;
  esac
  local -a where=()
  for ((i = 2; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --context|--settings|--database-url) where+=("${COMP_WORDS[i]}" "${COMP_WORDS[i+1]}") ;;
    esac
  done
  while IFS= read -r name; do
    if [[ $name == "$current"* ]]; then
      COMPREPLY+=("$name")
    fi
  done < <("${COMP_WORDS[0]}" job-names "${where[@]}" </dev/null 2>/dev/null)
  return 0
}

complete -F _backfleet_with_job_names -o default backfleet backfleet.sh backfleet.bash
