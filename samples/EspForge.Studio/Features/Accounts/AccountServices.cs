using System.Security.Claims;
using EspForge.AspNetCore;
using EspForge.Studio.ApiKeys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Accounts;

/// <summary>Registers Identity's store, the tokens and the bearer scheme.</summary>
internal static class AccountServices
{
    /// <summary>People's tokens and programs' keys, both as bearer.</summary>
    private const string Scheme = "Studio";

    public static void AddStudioAccounts(this IServiceCollection services, IConfigurationSection settings)
    {
        services.AddOptions<AccountOptions>().Bind(settings).ValidateDataAnnotations().ValidateOnStart();
        services.AddIdentityCore<StudioUser>(identity =>
        {
            identity.User.RequireUniqueEmail = true;
            identity.User.AllowedUserNameCharacters = "";
            identity.Password.RequiredLength = PasswordRules.MinimumLength;
            identity.Password.RequireDigit = false;
            identity.Password.RequireLowercase = false;
            identity.Password.RequireUppercase = false;
            identity.Password.RequireNonAlphanumeric = false;
        }).AddEntityFrameworkStores<StudioDbContext>().AddPasswordValidator<PasswordRules>();

        services.AddSingleton<AccessTokens>();
        services.AddSingleton<OpenSignIns>();
        services.AddSingleton<AttemptLimits>();
        services.AddScoped<SignIns>();
        services.AddScoped<UserSessions>();
        services.AddScoped<IActorNames, UserNames>();

        services.AddSingleton<ApiKeyLimits>();
        services.AddAuthentication(Scheme)
            .AddPolicyScheme(Scheme, null, policy => policy.ForwardDefaultSelector = context => SentToken.IsKey(context.Request) ? ApiKeyHandler.SchemeName : JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<AccessTokens>((bearer, tokens) =>
        {
            bearer.MapInboundClaims = false;
            bearer.TokenValidationParameters = tokens.Validation;
            bearer.Events = new JwtBearerEvents
            {
                OnMessageReceived = context =>
                {
                    context.Token = SentToken.Of(context.Request);
                    return Task.CompletedTask;
                },
                OnTokenValidated = async context =>
                {
                    var open = context.HttpContext.RequestServices.GetRequiredService<OpenSignIns>();
                    if (!Guid.TryParse(context.Principal?.FindFirstValue(AccessTokens.SignInClaim), out var signIn)
                        || !await open.IsOpenAsync(signIn, context.HttpContext.RequestAborted))
                        context.Fail("The sign-in was closed.");
                },
            };
        });
    }
}
