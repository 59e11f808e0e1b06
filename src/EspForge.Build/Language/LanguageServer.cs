namespace EspForge.Build;

/// <summary>The language server of this machine.</summary>
internal static class LanguageServer
{
    /// <summary>Path of clangd, or <see langword="null"/>.</summary>
    public static string? Find() => Programs.Find("clangd") ?? Enumerable.Range(0, 12).Select(back => Programs.Find($"clangd-{25 - back}")).FirstOrDefault(path => path is not null);
}
