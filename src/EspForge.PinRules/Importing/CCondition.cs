namespace EspForge.PinRules;

/// <summary>Evaluates the condition of an <c>#if</c>. A name nobody has defined makes it neither true nor false: null.</summary>
internal ref struct CCondition
{
    private const int MaxDepth = 32;

    private readonly Func<string, long?> _valueOf;
    private readonly Func<string, bool?> _isDefined;
    private ReadOnlySpan<char> _rest;
    private int _depth;

    private CCondition(ReadOnlySpan<char> text, Func<string, long?> valueOf, Func<string, bool?> isDefined)
    {
        _rest = text;
        _valueOf = valueOf;
        _isDefined = isDefined;
    }

    /// <summary>Whether it holds; null where that cannot be told.</summary>
    /// <param name="text">What follows <c>#if</c> or <c>#elif</c>.</param>
    /// <param name="valueOf">The number a macro stands for, or null.</param>
    /// <param name="isDefined">Whether a macro is defined; null = nobody says.</param>
    public static bool? Holds(ReadOnlySpan<char> text, Func<string, long?> valueOf, Func<string, bool?> isDefined)
    {
        var condition = new CCondition(text, valueOf, isDefined);
        var value = condition.Or();
        return condition._rest.Trim().IsEmpty ? value is null ? null : value != 0 : null;
    }

    private long? Or()
    {
        var left = And();
        while (Take("||"))
        {
            var right = And();
            left = left is not (null or 0) || right is not (null or 0) ? 1 : left is null || right is null ? null : 0;
        }

        return left;
    }

    private long? And()
    {
        var left = Compare();
        while (Take("&&"))
        {
            var right = Compare();
            left = left == 0 || right == 0 ? 0 : left is null || right is null ? null : 1;
        }

        return left;
    }

    private long? Compare()
    {
        var left = Unary();
        foreach (var sign in (ReadOnlySpan<string>)["==", "!=", ">=", "<=", ">", "<"])
        {
            if (!Take(sign))
                continue;
            var right = Unary();
            if (left is not { } a || right is not { } b)
                return null;
            return (sign switch { "==" => a == b, "!=" => a != b, ">=" => a >= b, "<=" => a <= b, ">" => a > b, _ => a < b }) ? 1 : 0;
        }

        return left;
    }

    private long? Unary()
    {
        if (++_depth > MaxDepth)
        {
            _rest = "!";
            return null;
        }

        try
        {
            _rest = _rest.TrimStart();
            if (!_rest.StartsWith("!=") && Take("!"))
                return Unary() is { } value ? value == 0 ? 1 : 0 : null;
            if (Take("("))
            {
                var inner = Or();
                return Take(")") ? inner : null;
            }

            var name = Name();
            if (name.Length == 0)
                return null;
            if (char.IsAsciiDigit(name[0]))
                return CValue.Number(name);
            if (name is not "defined")
                return _valueOf(name) ?? (_isDefined(name) == false ? 0 : null);
            var inParens = Take("(");
            var macro = Name();
            if (inParens)
                Take(")");
            return _isDefined(macro) is { } defined ? defined ? 1 : 0 : null;
        }
        finally
        {
            _depth--;
        }
    }

    private bool Take(string text)
    {
        _rest = _rest.TrimStart();
        if (!_rest.StartsWith(text))
            return false;
        _rest = _rest[text.Length..];
        return true;
    }

    private string Name()
    {
        _rest = _rest.TrimStart();
        var end = 0;
        while (end < _rest.Length && (char.IsAsciiLetterOrDigit(_rest[end]) || _rest[end] == '_'))
            end++;
        var name = _rest[..end].ToString();
        _rest = _rest[end..];
        return name;
    }
}
