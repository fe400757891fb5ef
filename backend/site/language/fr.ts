/** Tous les textes du site en français. */
import type { Texts } from './en.ts';

const every: Readonly<Record<string, readonly [one: string, each: string]>> = {
  day: ['jour', 'Tous les jours'],
  week: ['semaine', 'Toutes les semaines'],
  month: ['mois', 'Tous les mois'],
  year: ['an', 'Tous les ans'],
};
const many: Readonly<Record<string, string>> = { day: 'jours', week: 'semaines', month: 'mois', year: 'ans' };
const tousLes = (interval: string, count: number) =>
  `${interval === 'week' ? 'toutes' : 'tous'} les ${count} ${many[interval] ?? interval}`;

const de = (amount: string | undefined) => (amount === undefined ? '' : ` de ${amount}`);
const avant = (at: string | undefined) => (at === undefined ? '' : ` avant le ${at}`);

const outcome: Readonly<Record<string, string>> = {
  sent: 'Envoyé en message privé',
  dm_closed: 'Non remis\u00a0: vos messages privés sont fermés',
  waiting: 'En attente\u00a0: il partira dès que vous rejoindrez le serveur',
  superseded: 'Non envoyé\u00a0: un message plus récent l’a remplacé',
  no_mutual_guild: 'Non remis\u00a0: vous ne partagez aucun serveur avec Moddy',
  unknown_user: 'Non remis\u00a0: Discord ne connaît plus ce compte',
};

export const fr: Texts = {
  code: 'fr',
  otherLanguage: { code: 'en', name: 'English' },
  siteName: 'Moddy',
  colon: '\u00a0:',
  skip: 'Aller au contenu',
  nav: {
    label: 'Principale',
    plans: 'Formules',
    account: 'Mon compte',
    login: 'Se connecter avec Discord',
    loginShort: 'Connexion',
    logout: 'Déconnexion',
  },
  footer: {
    payments: 'Les paiements sont gérés par Stripe. Nous ne voyons jamais votre numéro de carte.',
    terms: 'Conditions',
    support: 'Contacter l’assistance',
  },
  back: 'Retour aux formules',
  tryAgain: 'Réessayer',
  writeToSupport: 'Contacter l’assistance',

  plans: {
    title: 'Formules',
    headline: 'Plus de Moddy sur votre Discord',
    lead: 'Choisissez une formule et payez avec Stripe. En quelques secondes, vous recevez votre rôle sur Discord et un message de Moddy.',
    heading: 'Les formules',
    choose: (plan) => `Choisir ${plan}`,
    billing: (plan) => `Facturation de ${plan}`,
    yours: 'Votre formule',
    manage: 'Gérer mon abonnement',
    highest: 'La plus complète',
    saves: (percent) => `${percent}\u00a0% d’économie`,
    none: 'Aucune formule n’est en vente pour le moment.',
    unavailable: 'Les prix ne peuvent pas être affichés pour le moment. Revenez dans quelques minutes.',
    example: {
      today: 'Aujourd’hui',
      title: (plan) => `Bienvenue dans ${plan}`,
      text: (plan) => `Votre abonnement ${plan} est actif. Merci de soutenir Moddy\u00a0!`,
      role: 'Votre rôle',
    },
    how: 'Comment ça marche',
    steps: [
      [
        'Connectez-vous avec Discord',
        'Nous saurons ainsi quel compte reçoit le rôle. Nous ne publions jamais rien en votre nom.',
      ],
      ['Payez avec Stripe', 'Par carte, sur les pages de Stripe.'],
      ['Profitez', 'Moddy vous donne votre rôle et vous envoie un message privé. Résiliez quand vous voulez.'],
    ],
    per: (interval, count) => (count === 1 ? `par ${every[interval]?.[0] ?? interval}` : tousLes(interval, count)),
  },

  subscribe: {
    title: 'Votre commande',
    lead: 'Vérifiez-la avant de payer.',
    plan: 'Formule',
    price: 'Prix',
    trial: 'Essai gratuit',
    trialDays: (days: number) => (days === 1 ? '1 jour' : `${days} jours`),
    priceAfter: 'Ensuite',
    account: 'Compte Discord',
    accountNote:
      'C’est ce compte qui reçoit le rôle. Ce n’est pas le vôtre\u00a0? Déconnectez-vous, puis reconnectez-vous avec le bon.',
    renews:
      'L’abonnement se renouvelle automatiquement. Vous pouvez le résilier à tout moment\u00a0: vous gardez la formule jusqu’à la fin de la période payée.',
    renewsAfterTrial:
      'Rien n’est prélevé aujourd’hui. À la fin de l’essai, le premier paiement est prélevé et l’abonnement se renouvelle automatiquement, sauf si vous résiliez avant.',
    granted: (plan) => `Vous avez déjà ${plan}.`,
    pay: 'Continuer vers le paiement',
    payNote: 'Le paiement se fait sur la page de Stripe.',
    login: 'Se connecter avec Discord pour continuer',
    loginNote:
      'Discord nous communique votre identifiant, votre nom, votre langue et votre adresse e-mail. Rien d’autre.',
  },

  standing: {
    badge: {
      none: 'Aucun',
      granted: 'Offert',
      active: 'Actif',
      trial: 'Essai gratuit',
      ending: 'Résilié',
      collection_paused: 'Facturation en pause',
      late: 'Paiement en retard',
      confirm: 'Paiement à confirmer',
      lapsed: 'Suspendu',
      unpaid: 'Suspendu',
      paused: 'En pause',
      incomplete: 'Paiement inachevé',
      ended: 'Terminé',
      other: 'Inconnu',
    },
    sentence: {
      none: () => 'Vous n’avez pas d’abonnement.',
      granted: ({ at }) =>
        `Cette formule vous est offerte${at === undefined ? '' : ` jusqu’au ${at}`}. Vous n’avez rien à payer.`,
      active: ({ at }) => `Votre abonnement se renouvelle ${at === undefined ? 'automatiquement' : `le ${at}`}.`,
      trial: ({ at, amount }) =>
        `Votre essai gratuit se termine ${at === undefined ? 'bientôt' : `le ${at}`}. Le premier paiement${de(amount)} aura lieu à cette date.`,
      ending: ({ at }) =>
        `Votre abonnement est résilié. Vous gardez votre formule jusqu’${at === undefined ? 'à la fin de la période payée' : `au ${at}`}.`,
      collection_paused: ({ at }) =>
        `La facturation est en pause${at === undefined ? '' : ` jusqu’au ${at}`}. Vous gardez votre formule et rien n’est prélevé.`,
      late: ({ at, amount }) =>
        `Votre dernier paiement${de(amount)} n’a pas abouti. Réglez-le${avant(at)} pour garder votre formule.`,
      confirm: ({ at, amount }) =>
        `Votre banque vous demande de confirmer votre dernier paiement${de(amount)}. Confirmez-le${avant(at)} pour garder votre formule.`,
      lapsed: ({ amount }) =>
        `Votre dernier paiement${de(amount)} n’a pas abouti\u00a0: votre formule est suspendue. Réglez-le pour la retrouver.`,
      unpaid: ({ amount }) =>
        `Un paiement${de(amount)} reste dû\u00a0: votre formule est suspendue. Réglez-le pour la retrouver.`,
      paused: ({ amount }) =>
        amount === undefined
          ? 'Votre essai gratuit s’est terminé sans moyen de paiement\u00a0: votre abonnement est en pause. Ajoutez-en un et reprenez pour retrouver votre formule.'
          : `Votre abonnement est en pause jusqu’à la réception de votre paiement de ${amount}.`,
      incomplete: ({ at, amount }) =>
        `Votre premier paiement${de(amount)} n’est pas terminé. Terminez-le${avant(at)}\u00a0; ensuite il expire et vous pourrez choisir à nouveau.`,
      ended: ({ at }) => (at === undefined ? 'Votre abonnement a pris fin.' : `Votre abonnement a pris fin le ${at}.`),
      other: () => 'Les détails de votre abonnement se trouvent chez Stripe.',
    },
    button: {
      plans: 'Voir les formules',
      manage: 'Gérer mon abonnement',
      keep: 'Garder mon abonnement',
      pay: 'Payer maintenant',
      confirm: 'Confirmer le paiement',
      finish: 'Terminer le paiement',
      resume: 'Reprendre mon abonnement',
    },
  },

  already: {
    title: 'Vous avez déjà un abonnement',
    same: (plan) => `Vous avez déjà ${plan}\u00a0: il n’y a rien de plus à payer.`,
    other: (has, chosen) =>
      `Vous avez ${has}. Pour passer à ${chosen}, modifiez votre abonnement au lieu d’en prendre un second.`,
    account: 'Voir mon compte',
  },

  success: {
    title: (plan) => `Vous avez ${plan}`,
    lead: 'Votre paiement a bien été reçu. Merci\u00a0!',
    trialLead: 'Votre essai gratuit a commencé. Rien n’a encore été prélevé.',
    subscription: (plan) => `${plan} est actif.`,
    role: {
      given: 'Vous avez votre rôle sur Discord.',
      waiting: 'Votre rôle sur Discord arrive dans un instant.',
      absent: 'Vous n’êtes pas encore sur le serveur Discord. Vous recevrez votre rôle en le rejoignant.',
      failed:
        'Discord a refusé le rôle. Nous en sommes avertis et nous nous en occupons\u00a0; vous n’avez rien à faire.',
    },
    message: {
      sent: 'Moddy vous a envoyé un message privé.',
      waiting: 'Un message privé de Moddy arrive dans un instant.',
      absent: 'Moddy vous écrira dès que vous aurez rejoint le serveur.',
      rejected: 'Moddy n’a pas pu vous écrire\u00a0: vos messages privés sont fermés.',
    },
    account: 'Voir mon compte',
  },
  join: {
    button: 'Rejoindre le serveur',
    failed: 'Discord n’a pas pu vous ajouter au serveur. Rejoignez-le avec ce lien.',
  },
  waiting: {
    title: 'Un instant…',
    lead: 'Nous attendons que Stripe confirme votre paiement. Cette page s’actualise toute seule.',
    longTitle: 'C’est plus long que d’habitude',
    long: 'Stripe n’a encore confirmé aucun paiement. Si vous avez payé, rien n’est perdu\u00a0: votre formule démarre dès que Stripe nous prévient, et Moddy vous enverra un message. Vous pouvez fermer cette page.',
    again: 'Actualiser maintenant',
    stop: 'Ne plus actualiser',
  },
  cancelled: {
    title: 'Aucun paiement effectué',
    lead: 'Vous avez quitté la page avant de payer. Vous n’avez pas d’abonnement et rien n’a été débité.',
  },

  account: {
    title: 'Mon compte',
    discordId: 'Identifiant Discord',
    email: 'E-mail',
    noEmail: 'aucun',
    subscription: 'Mon abonnement',
    plan: 'Formule',
    statusLabel: 'Statut',
    billing: 'Facturation',
    interval: (interval, count) => {
      if (count === 1) return every[interval]?.[1] ?? interval;
      const text = tousLes(interval, count);
      return text.slice(0, 1).toUpperCase() + text.slice(1);
    },
    date: {
      active: 'Se renouvelle le',
      trial: 'L’essai se termine le',
      ending: 'Prend fin le',
      ended: 'A pris fin le',
    },
    role: 'Rôle Discord',
    roleShort: {
      given: 'Vous l’avez',
      waiting: 'Il arrive',
      absent: 'Dès que vous rejoindrez le serveur',
      failed: 'Refusé par Discord\u00a0; nous nous en occupons',
    },
    manageNote: 'Changez de formule ou de carte, consultez vos factures ou résiliez, sur les pages de Stripe.',
    portal: 'Cartes, factures et résiliation sur les pages de Stripe',
    fromPortal: 'Les changements faits chez Stripe s’affichent ici en quelques secondes.',
    reload: 'Actualiser',
    second: (plan) =>
      `Vous avez un second abonnement, ${plan}, et vous payez les deux. Résiliez celui dont vous n’avez pas besoin.`,
    manageSecond: 'Gérer le second abonnement',
    check: 'Vérifier à nouveau auprès de Stripe',
    done: {
      changed: 'Nous avons vérifié auprès de Stripe\u00a0: votre abonnement est à jour.',
      unchanged: 'Nous avons vérifié auprès de Stripe\u00a0: rien n’a changé.',
      going_on: 'Stripe tarde à répondre. Nous continuons à vérifier\u00a0; actualisez cette page dans une minute.',
      too_soon: 'Nous avons vérifié il y a moins d’une minute. Patientez un instant.',
      no_payment:
        'Nous n’avons trouvé aucun paiement pour ce compte Discord. Si vous avez payé, c’était peut-être avec un autre compte Discord.',
      join_done: 'Vous êtes maintenant sur le serveur. Votre rôle arrive dans quelques secondes.',
      join_failed: 'Discord n’a pas pu vous ajouter au serveur.',
    },
    messages: 'Les messages de Moddy',
    noMessages: 'Aucun pour l’instant.',
    outcome: (name) => outcome[name ?? ''] ?? 'Non remis',
    /** By what changed, or else by the action. */
    notices: {
      cancellation_scheduled: (plan) => `${plan} prendra fin au terme de la période payée`,
      cancellation_withdrawn: (plan) => `${plan} continue\u00a0: la résiliation est annulée`,
      interval_changed: (plan) => `La facturation de ${plan} a changé`,
      payment_late: (plan) => `Le paiement de ${plan} n’a pas abouti`,
      payment_recovered: (plan) => `Le paiement de ${plan} a bien été reçu`,
      resumed: (plan) => `${plan} est de nouveau actif`,
      renewal_soon: (plan) => `${plan} se renouvelle bientôt`,
      trial_ending: (plan) => `L’essai gratuit de ${plan} se termine bientôt`,
      granted: (plan) => `${plan} vous a été offert`,
      grant_ended: () => 'La formule qui vous était offerte a pris fin',
      subscription_created: (plan) => `${plan} est actif`,
      subscription_cancelled: () => 'Votre abonnement a pris fin',
      plan_upgraded: (plan) => `Votre formule est maintenant ${plan}`,
      plan_downgraded: (plan) => `Votre formule est maintenant ${plan}`,
    },
    otherNotice: (plan) => `${plan} a été mis à jour`,
    privacy: 'Mes données',
    privacyNote: 'Téléchargez toutes les données que nous avons sur vous, ou supprimez-les.',
    export: 'Télécharger mes données',
    delete: 'Supprimer mon compte',
  },

  delete: {
    title: 'Supprimer mon compte',
    lead: 'C’est définitif.',
    consequences: [
      'Votre abonnement prend fin immédiatement. Ce qui est déjà payé n’est pas remboursé automatiquement.',
      'Vous perdez votre rôle sur Discord, et Moddy vous envoie un dernier message.',
      'Votre adresse e-mail, votre identifiant Discord et votre activité enregistrée sont effacés.',
      'Stripe conserve vos factures, et nous conservons leurs numéros de client et d’abonnement, comme la loi l’exige.',
    ],
    consequencesFree: [
      'Votre adresse e-mail, votre identifiant Discord et votre activité enregistrée sont effacés.',
      'Si vous avez déjà payé, Stripe conserve vos factures, et nous conservons leurs numéros, comme la loi l’exige.',
    ],
    foreign: (name: string) =>
      `${name} ne fait pas partie de Moddy\u00a0: cet abonnement continue, et vous pouvez le résilier là où vous l’avez pris.`,
    foreignUnknown:
      'Stripe ne répond pas, nous ne pouvons donc pas lister vos autres achats chez nous. Seul votre abonnement Moddy sera résilié.',
    confirm: 'Je veux supprimer mon compte',
    submit: 'Supprimer définitivement mon compte',
    keep: 'Garder mon compte',
    doneTitle: 'Votre compte est en cours de suppression',
    done: 'Vous avez été déconnecté de tous vos appareils. Si vous avez un abonnement, il prend fin maintenant, et Moddy vous enverra un dernier message quand ce sera fait. Vos données sont effacées en quelques minutes. Si Stripe ou Discord tarde à répondre, nous réessayons jusqu’au bout. Au revoir, et merci.',
  },

  faults: {
    not_found: ['Page introuvable', 'L’adresse est peut-être erronée, ou la page a été déplacée.'],
    broken: [
      'Une erreur est survenue',
      'L’erreur vient de chez nous et elle a été enregistrée. Réessayez. Si elle se reproduit, envoyez-nous la référence ci-dessous.',
    ],
    unavailable: [
      'De retour dans un instant',
      'Le site n’arrive pas à joindre sa base de données. Rien n’est perdu. Réessayez dans une minute.',
    ],
    too_many: [
      'Trop de tentatives',
      'Il y a eu beaucoup de tentatives en peu de temps. Attendez quelques minutes et réessayez.',
    ],
    too_large: ['Envoi trop volumineux', 'Aucun formulaire de ce site n’envoie autant de données.'],
    cross_site: [
      'Ce formulaire vient d’un autre site',
      'Pour votre sécurité, nous ignorons les formulaires qui ne viennent pas de nos pages. Rouvrez la page et envoyez-le de là.',
    ],
    login_off: ['La connexion n’est pas disponible', 'Ce site n’est pas relié à Discord pour le moment.'],
    login_denied: [
      'Connexion annulée',
      'Pas de souci\u00a0: rien n’a été partagé ni modifié. Vous pourrez vous connecter quand vous voudrez.',
    ],
    login_stale: [
      'Cette connexion a expiré',
      'Elle a déjà servi, a commencé dans un autre navigateur ou a duré plus de dix minutes. Recommencez.',
    ],
    login_refused: ['Discord a refusé la connexion', 'Le problème a été enregistré. Réessayez dans quelques minutes.'],
    discord_down: [
      'Discord ne répond pas',
      'Discord semble rencontrer un problème. Rien n’a été modifié. Réessayez dans quelques minutes.',
    ],
    being_deleted: [
      'Votre compte est en cours de suppression',
      'Vous avez demandé sa suppression, et cela prend quelques minutes. Vous pourrez ensuite vous reconnecter et repartir de zéro.',
    ],
    login_needed: ['Connectez-vous', 'Connectez-vous avec Discord pour continuer.'],
    session_expired: [
      'Vous êtes déconnecté',
      'Votre session a expiré, ou votre compte est en cours de suppression. Connectez-vous pour continuer.',
    ],
    other_account: [
      'Cette page est celle d’un autre compte',
      'Vous l’avez ouverte avec un autre compte Discord que celui avec lequel vous êtes connecté maintenant. Rien n’a été modifié. Vérifiez votre compte et recommencez.',
    ],
    price_unknown: [
      'Ce prix n’est pas disponible',
      'Il a peut-être changé depuis que vous avez ouvert la page. Consultez les formules actuelles.',
    ],
    stripe_down: ['Stripe ne répond pas', 'Rien n’a été payé ni modifié. Réessayez dans quelques minutes.'],
    no_customer: ['Rien à gérer pour l’instant', 'Vous n’avez encore rien acheté ici.'],
    not_confirmed: [
      'Confirmation nécessaire',
      'Votre compte n’a pas été supprimé. Cochez la case pour confirmer que vous voulez le supprimer.',
    ],
  },
  reference: 'Référence',
};
