using Microsoft.AspNetCore.Identity;

namespace EspForge.Studio.Accounts;

/// <summary>
/// What a password must be: long, not one of the first guesses, not the person's own name. Length is what resists guessing (NIST SP 800-63B
/// section 5.1.1.2), so there are no rules about kinds of characters.
/// </summary>
internal sealed class PasswordRules : IPasswordValidator<StudioUser>
{
    public const int MinimumLength = 12;
    public const int MaximumLength = 256;
    private const int MinimumDifferent = 5;

    private static readonly string[] FirstGuesses =
        ["password", "passwort", "letmein", "welcome", "qwerty", "qwertz", "administrator", "admin", "iloveyou", "espforge", "changeme", "secret", "dragon", "monkey", "football"];

    public Task<IdentityResult> ValidateAsync(UserManager<StudioUser> manager, StudioUser user, string? password)
    {
        var problem = Check(password ?? "", user.Email, user.DisplayName);
        return Task.FromResult(problem is null
            ? IdentityResult.Success
            : IdentityResult.Failed(new IdentityError { Code = "PasswordTooWeak", Description = problem }));
    }

    /// <summary>The sentence that says what is wrong, or <see langword="null"/>.</summary>
    public static string? Check(string password, string? email, string? displayName)
    {
        if (password.Length < MinimumLength)
            return $"The password needs at least {MinimumLength} characters.";
        if (password.Length > MaximumLength)
            return $"The password may have at most {MaximumLength} characters.";
        if (password.Distinct().Count() < MinimumDifferent)
            return $"The password needs at least {MinimumDifferent} different characters.";
        if (IsRun(password))
            return "The password is a run of neighbouring characters; choose several unrelated words instead.";

        // What is left once the first guesses and the person's own names are taken out must still be hard to guess.
        var own = new[] { email?.Split('@')[0], displayName }.Where(name => name is { Length: >= 4 }).Select(name => name!);
        var rest = password;
        foreach (var word in FirstGuesses.Concat(own))
            rest = rest.Replace(word, "", StringComparison.OrdinalIgnoreCase);
        return rest.Length < 6
            ? "The password is mostly a common word or your own name; choose several unrelated words instead."
            : null;
    }

    private static bool IsRun(string password)
    {
        var neighbours = 0;
        for (var i = 1; i < password.Length; i++)
        {
            if (Math.Abs(char.ToLowerInvariant(password[i]) - char.ToLowerInvariant(password[i - 1])) <= 1)
                neighbours++;
        }

        return neighbours >= password.Length - 2;
    }
}
